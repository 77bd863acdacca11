/* The calls of the Xtensa simulator, as QEMU serves them under -semihosting. */
#ifndef ANC_XTENSA_SIMCALL_H
#define ANC_XTENSA_SIMCALL_H

enum {
    SIMCALL_EXIT = 1,
    SIMCALL_READ = 3,
    SIMCALL_WRITE = 4,
    SIMCALL_OPEN = 5,
    SIMCALL_CLOSE = 6,
    SIMCALL_LSEEK = 19,
    /* Open to write a new file. Some releases of QEMU hand the flags to Linux (0x40 creates, 0x200
     * truncates, 0x400 appends), later ones take newlib's (0x200 creates, 0x400 truncates): these
     * mean the same to both. */
    SIMCALL_REPLACE = 0x641,
};

static inline int anc_simcall(int number, int a, int b, int c) {
    register int a2 __asm__("a2") = number;
    register int a3 __asm__("a3") = a;
    register int a4 __asm__("a4") = b;
    register int a5 __asm__("a5") = c;
    __asm__ volatile("simcall" : "+r"(a2), "+r"(a3) : "r"(a4), "r"(a5) : "memory");
    return a2;
}

#endif
