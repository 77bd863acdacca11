/*
 * The core as a WebAssembly module. The caller takes blocks of memory, has a kernel set up in each,
 * writes samples into the module's memory and lets a kernel run over them: pointers in, nothing
 * copied. One memory holds any number of sessions.
 *
 * A pointer is a byte offset into the exported memory. No function checks pointers; the typed
 * wrapper in host/wasm owns them.
 */
#ifndef ANC_WASM_PORT_H
#define ANC_WASM_PORT_H

#define ANC_EXPORT(name) __attribute__((export_name(#name)))

#endif
