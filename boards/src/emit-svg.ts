import type { RealBoard, WiredPart } from './board.ts';
import { isOutput, supplies } from './check-wiring.ts';
import { chipOf } from './chips.ts';
import { pinUses } from './pins.ts';

/** All in pixels: one grid for text of 12. */
const grid = { row: 22, head: 30, gap: 22, lane: 14, margin: 20, chip: 190, stub: 46, part: 340 };
const colours = [
  '#0969da',
  '#bf3989',
  '#1a7f37',
  '#9a6700',
  '#8250df',
  '#cf222e',
  '#0e7490',
  '#57606a',
];

interface Terminal {
  readonly name: string;
  readonly net: string;
  readonly y: number;
}

interface Box {
  readonly part: WiredPart;
  readonly y: number;
  readonly height: number;
  /** Signals of the chip and supplies at the left edge, lines between parts at the right one. */
  readonly left: readonly Terminal[];
  readonly right: readonly Terminal[];
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function placeParts(board: RealBoard): readonly Box[] {
  const ids = board.wiring.map((part) => part.id);
  const between = (net: string) => isOutput(net, ids);
  let top = grid.margin;
  return board.wiring.map((part) => {
    const own = Object.entries(part.terminals);
    // What others take from this part is a terminal of it, too, once.
    const given = board.wiring
      .flatMap((other) => Object.values(other.terminals))
      .filter((net) => between(net) && net.startsWith(`${part.id}.`))
      .map((net): [string, string] => [net.slice(part.id.length + 1), net]);
    const y = top;
    const place = (entries: readonly (readonly [string, string])[]): Terminal[] =>
      entries.map(([name, net], row) => ({
        name,
        net,
        y: y + grid.head + row * grid.row + grid.row / 2,
      }));
    const left = place(own.filter(([, net]) => !between(net)));
    const right = place([...own.filter(([, net]) => between(net)), ...new Map(given)]);
    const height = grid.head + Math.max(left.length, right.length) * grid.row + 6;
    top += height + grid.gap;
    return { part, y, height, left, right };
  });
}

/** A lane down one x, with a branch to each end; `ends` are points left or right of it. */
function drawNet(
  x: number,
  ends: readonly { readonly x: number; readonly y: number }[],
  colour: string,
): string {
  const ys = ends.map((end) => end.y);
  const lane = `M${x} ${Math.min(...ys)}V${Math.max(...ys)}`;
  const branches = ends.map((end) => `M${x} ${end.y}H${end.x}`).join('');
  const dots = ends.map((end) => `<circle cx="${x}" cy="${end.y}" r="2.5" fill="${colour}"/>`);
  return `<path d="${lane}${branches}" stroke="${colour}" class="wire"/>${dots.join('')}`;
}

function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${x}" y="${y + 4}"${more}>${escape(content)}</text>`;
}

const atEnd = ' text-anchor="end"';

/** The wiring of one board, drawn from its file: readable on light and on dark ground. */
export function emitSvg(board: RealBoard): string {
  const boxes = placeParts(board);
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  const terminals = (side: 'left' | 'right') => boxes.flatMap((box) => box[side]);
  const wired = pinUses(board).filter((use) =>
    terminals('left').some((terminal) => terminal.net === use.signal),
  );
  const chipX = grid.margin;
  const chipEnd = chipX + grid.chip;
  const partX = chipEnd + (wired.length + 2) * grid.lane + grid.stub;
  const partEnd = partX + grid.part;
  const links = [...new Set(terminals('right').map((terminal) => terminal.net))];
  const width = partEnd + (links.length + 2) * grid.lane + grid.margin;
  const rowOf = (row: number) => grid.margin + 2 * grid.head + row * grid.row;
  const chipHeight = 2 * grid.head + (wired.length - 1) * grid.row + grid.head / 2;
  const colourOf = (index: number) => colours[index % colours.length] ?? '';

  const nets = wired.map((use, row) => {
    const ends = terminals('left')
      .filter((terminal) => terminal.net === use.signal)
      .map(({ y }) => ({ x: partX, y }));
    const x = chipEnd + (row + 1) * grid.lane;
    return drawNet(x, [{ x: chipEnd, y: rowOf(row) }, ...ends], colourOf(row));
  });
  const bridges = links.map((net, index) => {
    const ends = terminals('right').filter((terminal) => terminal.net === net);
    const x = partEnd + (index + 1) * grid.lane;
    const points = ends.map(({ y }) => ({ x: partEnd, y }));
    return drawNet(x, points, colourOf(wired.length + index));
  });
  const pins = wired.map(({ gpio, signal }, row) =>
    [
      text(chipX + 10, rowOf(row), signal, ' class="dim"'),
      text(chipEnd - 8, rowOf(row), `GPIO${gpio}`, atEnd),
    ].join(''),
  );
  const parts = boxes.map(({ part, y, height, left, right }) =>
    [
      `<rect x="${partX}" y="${y}" width="${grid.part}" height="${height}" rx="6" class="${part.onBoard ? 'fixed' : 'part'}"/>`,
      text(
        partX + grid.part / 2,
        y + grid.head / 2,
        part.name,
        ' text-anchor="middle" class="name"',
      ),
      ...left.map((terminal) => text(partX + 8, terminal.y, terminal.name)),
      ...left
        .filter((terminal) => supplies.has(terminal.net))
        .map(({ net, y: at }) =>
          [
            `<path d="M${partX - 8} ${at}H${partX}" class="wire dimmed"/>`,
            text(partX - 12, at, net, `${atEnd} class="dim"`),
          ].join(''),
        ),
      ...right.map((terminal) => text(partEnd - 8, terminal.y, terminal.name, atEnd)),
    ].join('\n'),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${Math.max(bottom, grid.margin + chipHeight) + grid.margin}" role="img" aria-label="Wiring of ${escape(board.name)}">
<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.name { font-weight: 600 } .dim { fill: #59636e }
.chip, .part, .fixed { fill: #f6f8fa; stroke: #59636e } .fixed { stroke-dasharray: 4 3 }
.wire { fill: none; stroke-width: 1.6 } .dimmed { stroke: #59636e }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .dim { fill: #9198a1 }
.chip, .part, .fixed { fill: #151b23; stroke: #9198a1 } .dimmed { stroke: #9198a1 }
path:not(.dimmed), circle { filter: brightness(1.7) }
}
</style>
<rect x="${chipX}" y="${grid.margin}" width="${grid.chip}" height="${chipHeight}" rx="6" class="chip"/>
${text(chipX + grid.chip / 2, grid.margin + grid.head / 2, chipOf(board.chip.family).name, ' text-anchor="middle" class="name"')}
${[...nets, ...bridges, ...pins, ...parts].join('\n')}
</svg>
`;
}
