// hil-tests/emulated/programs.ts
import { execFile, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
var root = fileURLToPath(new URL("../..", import.meta.url));
var emulated = "firmware/ports/emulated";
var run = promisify(execFile);
var COMMON = ["-std=c11", "-O3", "-ffp-contract=off", "-Ifirmware/core", "-Ifirmware/tests"];
var STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"];
function sourcesIn(folder, keep) {
  const names = readdirSync(join(root, folder)).sort();
  return names.filter((name) => /\.[cS]$/.test(name) && keep(name)).map((n) => join(folder, n));
}
function coreSources() {
  return sourcesIn("firmware/core/dsp", (name) => !name.includes("_f32"));
}
async function buildCore(set2, sources = coreSources()) {
  const folder = join("firmware/build/emulated", set2.name);
  mkdirSync(join(root, folder), { recursive: true });
  const compiler = `${set2.prefix}gcc`;
  const compile = async (source, extra = []) => {
    const object = join(folder, `${source.replaceAll("/", "-")}.o`);
    const args = [...set2.compile, ...COMMON, ...STRICT, ...extra, "-c", source, "-o", object];
    await run(compiler, args, { cwd: root });
    return object;
  };
  const objects = /* @__PURE__ */ new Map();
  for (const source of sources) {
    objects.set(source, await compile(source, ["-ffunction-sections", "-fstack-usage"]));
  }
  const support = [];
  const own = set2.library === null ? [] : sourcesIn(join(emulated, set2.library), () => true);
  for (const source of [...sourcesIn(emulated, () => true), ...own]) {
    support.push(await compile(source));
  }
  return {
    set: set2,
    objects,
    async program(name, programSources) {
      const parts = [];
      for (const source of programSources) {
        parts.push(await compile(source, ["-Dmain=program_main"]));
      }
      const image2 = join(folder, `${name}.elf`);
      const all = [...support, ...parts, ...objects.values()];
      const args = [...set2.compile, "-Wl,--gc-sections", ...all, ...set2.link, "-o", image2];
      await run(compiler, args, { cwd: root });
      return join(root, image2);
    }
  };
}
function runImage(set2, image2, folder, args, { timeoutMs = 6e4, counted = false } = {}) {
  writeFileSync(join(folder, "arguments"), args.map((arg) => `${arg}
`).join(""));
  const quiet = ["-display", "none", "-monitor", "none", "-serial", "none"];
  const semihosting = set2.library === null ? ["enable=on,target=native"] : ["enable=on"];
  const options = [...set2.machine, ...quiet, "-semihosting-config", ...semihosting];
  const count = counted ? ["-icount", "shift=0"] : [];
  return new Promise((resolve, reject) => {
    const child = spawn(set2.qemu, [...options, ...count, "-kernel", image2], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
      killSignal: "SIGKILL"
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => output += text);
    }
    child.on("error", reject).on("close", (status) => resolve({ status, output }));
  });
}

// hil-tests/emulated/instruction-sets.ts
var memory = [
  "--oslib=semihost",
  "--crt0=semihost",
  "-Wl,--defsym=__flash=0x80000000,--defsym=__flash_size=0x400000",
  "-Wl,--defsym=__ram=0x80400000,--defsym=__ram_size=0x3c00000"
];
function riscv(isa, abi, chips) {
  return {
    name: isa,
    chips,
    prefix: "riscv64-unknown-elf-",
    // -misa-spec=2.2: CSR access with the 32-bit multilib
    compile: [
      "--specs=picolibc.specs",
      `-march=${isa}`,
      `-mabi=${abi}`,
      "-misa-spec=2.2",
      "-mcmodel=medany"
    ],
    link: [...memory, "-lm"],
    library: null,
    qemu: "qemu-system-riscv32",
    machine: ["-M", "virt", "-m", "64M", "-bios", "none"],
    doubles: true
  };
}
var INSTRUCTION_SETS = [
  riscv("rv32imc", "ilp32", "ESP32-C3"),
  riscv("rv32imac", "ilp32", "ESP32-C6"),
  riscv("rv32imafc", "ilp32f", "ESP32-P4"),
  {
    name: "xtensa-lx106",
    chips: "Xtensa, call0 ABI",
    prefix: "xtensa-lx106-elf-",
    // The library's own memset must not become a call of itself.
    compile: [
      "-ffreestanding",
      "-fno-tree-loop-distribute-patterns",
      "-mlongcalls",
      "-mtext-section-literals",
      "-Ifirmware/ports/emulated/xtensa/include"
    ],
    link: [
      "-nostdlib",
      "-Wl,--no-warn-rwx-segments",
      "-Tfirmware/ports/emulated/xtensa/link.ld",
      "-lgcc"
    ],
    library: "xtensa",
    qemu: "qemu-system-xtensa",
    machine: ["-M", "sim", "-m", "64M", "-cpu", "lx106"],
    doubles: false
  }
];

// ../../../tmp/b/part.ts
import { mkdtempSync } from "node:fs";
var set = INSTRUCTION_SETS[0];
var built = await buildCore(set);
var image = await built.program("part", ["/tmp/b/part.c"]);
console.log((await runImage(set, image, mkdtempSync("/tmp/b/cnt"), [], { counted: true })).output);
