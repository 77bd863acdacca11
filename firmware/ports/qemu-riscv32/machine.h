/* What QEMU's `virt` machine has that this port uses (hw/riscv/virt.c): timer, console, power. */
#ifndef ANC_QEMU_MACHINE_H
#define ANC_QEMU_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#define MACHINE_REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))

enum { MACHINE_TICKS_PER_MS = 10000 };

/* Ticks since power-on: the wall's clock while the machine runs. */
uint64_t machine_ticks(void);

/* The timer's interrupt comes at that time, once; none comes before the first call. */
void machine_wake_at(uint64_t ticks);
void machine_sleep(void); /* until an interrupt */
void machine_interrupts(bool on);

/* On the serial console, which the host reads line by line. */
void machine_print(const char *text);

enum { MACHINE_ENDED = 0, MACHINE_TROUBLE = 1, MACHINE_BAD_INPUT = 2 };

/* Prints error[CODE]: what, and hint: hint unless it is NULL, and switches the machine off. */
__attribute__((noreturn)) void machine_fail(int status, const char *code, const char *hint,
                                            const char *what);

/* The same machine again, RAM beyond the image as it was. */
__attribute__((noreturn)) void machine_restart(void);
/* Whether machine_restart was the reason of this start; false when asked again. */
bool machine_was_restarted(void);

#endif
