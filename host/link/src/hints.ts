/** What to do about an error, by code. A code without an entry needs no hint. */
const hints: Readonly<Record<string, string>> = {
  LINK_TIMEOUT:
    'The headset did not answer in time. Look at the cable and that nothing else talks to it.',
  LINK_SILENT: 'The headset stopped talking: unplugged, restarted, or crashed.',
  PROTOCOL_VERSION: 'Update the firmware or this tool, so that both speak the same version.',
  DICTIONARY_DAMAGED:
    'The headset’s dictionary did not arrive whole. Try again; if it stays, flash the firmware again.',
  UNKNOWN_PARAMETER: '`anc params list` shows the names that this headset has.',
  PARAMETER_OUT_OF_RANGE: '`anc params list` shows each range.',
  PARAMETER_TYPE: '`anc params list` shows what each parameter takes.',
  UNKNOWN_MESSAGE: 'Type `help` in `anc shell` for the messages.',
  UNKNOWN_FIELD: 'Type `help MESSAGE` in `anc shell` for its fields.',
  DEVICE_UNKNOWN_MESSAGE: 'The firmware is older than this tool and does not know the request.',
  DEVICE_OUT_OF_RANGE: 'The headset refused the value; nothing was changed.',
  DEVICE_STORAGE_FAILED:
    'Nothing was stored; the old settings are still there. Look at the free space and permissions of the store.',
  DEVICE_NOT_READY: 'The headset cannot do this now.',
  DEVICE_DISCONNECTED: 'The headset is not connected now; it is looked for until it comes back.',
  DEVICE_URI_INVALID:
    'Write tcp://HOST:PORT, serial:///dev/ttyACM0, pty:/dev/pts/N, sim:?noise=cabin or qemu:rv32imc.',
  DEVICE_NOT_FOUND: 'Look at the cable and the address; `anc devices` lists what is there.',
  DEVICE_BUSY:
    'Another program holds this headset. Close it (a panel, a monitor, a serial terminal) and try again.',
  DEVICE_NO_PERMISSION:
    'Add yourself to the group that owns the port (often dialout): sudo usermod -aG dialout $USER, then log in again.',
  DEVICE_NONE: 'Plug a headset in, or try the virtual one: --device sim:',
  DEVICE_SEVERAL: 'Choose one with --device URI.',
  STORE_DIFFERS:
    'What the headset stored differs from what it runs. Store again; if it stays, its storage is failing.',
  UPDATE_UNSUPPORTED: 'Flash it over its boot loader: `anc flash`.',
  UPDATE_IMAGE_INVALID: 'Get the file again; the running firmware is untouched.',
  UPDATE_WRONG_CHIP: 'Take the image for this headset: `anc info` names the board.',
  UPDATE_WRONG_BOARD: 'Take the image for this headset: `anc info` names the board.',
  UPDATE_TOO_LARGE: 'Take an image for this headset; the running firmware is untouched.',
  UPDATE_ON_TRIAL:
    'Wait until it has confirmed itself, or use `anc update --confirm` or `anc update --roll-back`.',
  UPDATE_FAILED: 'The running firmware is untouched. Try again; if it stays, the flash is failing.',
  UPDATE_ROLLED_BACK:
    'Nothing needs to be done. Report the version that failed; `anc monitor` and `anc info` show the headset as it is.',
  UPDATE_NOT_STARTED: 'Restart the headset and look at `anc update --status`.',
  UPDATE_NO_OTHER: '`anc update FILE` puts firmware there.',
  RECOVER_NO_ANSWER:
    'docs/update.md says how a headset starts without its settings, and how its boot loader takes firmware.',
  PROFILE_UNKNOWN: '`anc profile list` shows the names; a file is named by its path.',
  PROFILE_EXISTS: 'Take another name, or --force with `anc profile save`.',
  PROFILE_NAME:
    'A name has letters, digits, blanks, dots, - and _, begins with a letter or digit, and has no .json.',
  PROFILE_PARTIAL: 'The rest was set. `anc params list` shows names and ranges.',
  SIGNALS_LOST:
    'The link is too slow or disturbed for two channels of samples: `anc info` shows its counters.',
  TRANSPORT_CLOSED: 'The connection is closed.',
  SIM_NOT_BUILT: 'Build it with: npm run build',
  SIM_FAILED: 'docs/virtual-headset.md lists what a virtual headset takes.',
  QEMU_NOT_FOUND:
    'Install QEMU for RISC-V (Debian: qemu-system-misc), or set ANC_QEMU to qemu-system-riscv32.',
  QEMU_NOT_BUILT: 'Build it with: npm run build -- emulated',
  QEMU_FAILED: 'docs/emulated-chips.md lists what an emulated chip takes.',
  FLASH_INVALID: 'Take another file, or remove it to begin with an empty flash.',
  OPTION_INVALID: 'docs/emulated-chips.md and docs/virtual-headset.md list the options.',
  USAGE: '`anc VERB --help` says what each option takes.',
  PORT_IN_USE: 'Take another one with --port N, or --port 0 for any free one.',
  ADDRESS_UNAVAILABLE: 'Use an address of this machine, such as 127.0.0.1.',
  CAPTURE_INVALID:
    'A capture is made by --capture FILE; each line reads `> MILLISECONDS HEX` or `< MILLISECONDS HEX`.',
  FILE_UNREADABLE: 'Look at the path and at the permissions of the file.',
  FRAME_INVALID: 'Frames are COBS with a CRC-32 and a zero at the end: docs/protocol.md.',
  BODY_INVALID: 'docs/protocol.md describes bodies and their field types.',
};

export function hintFor(code: string): string | undefined {
  return hints[code];
}
