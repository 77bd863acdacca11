#include "machine.h"

enum {
    TEST = 0x100000, /* sifive_test */
    TEST_OFF = 0x5555,
    TEST_FAILED = 0x3333,
    TEST_RESET = 0x7777,
    TIMER = 0x2000000, /* aclint */
    TIMER_COMPARE = TIMER + 0x4000,
    UART = 0x10000000, /* ns16550a: transmit, and bit 5 of the line status for room */
    UART_LINE_STATUS = UART + 5,
    UART_ROOM = 1 << 5,
    RESTARTED = 0x616e6321,
    MIE_TIMER = 1 << 7,
    MSTATUS_INTERRUPTS = 1 << 3,
};

extern uint32_t resetWord; /* image.ld */

uint64_t machine_ticks(void) {
    uint32_t high, low, again;
    do {
        __asm__ volatile("rdtimeh %0" : "=r"(high));
        __asm__ volatile("rdtime %0" : "=r"(low));
        __asm__ volatile("rdtimeh %0" : "=r"(again));
    } while (high != again);
    return (uint64_t)high << 32 | low;
}

void machine_wake_at(uint64_t ticks) {
    /* never an earlier time in between */
    MACHINE_REGISTER(TIMER_COMPARE + 4) = UINT32_MAX;
    MACHINE_REGISTER(TIMER_COMPARE) = (uint32_t)ticks;
    MACHINE_REGISTER(TIMER_COMPARE + 4) = (uint32_t)(ticks >> 32);
    __asm__ volatile("csrs mie, %0" ::"r"(MIE_TIMER) : "memory");
}

void machine_sleep(void) {
    __asm__ volatile("wfi" ::: "memory");
}

void machine_interrupts(bool on) {
    if (on)
        __asm__ volatile("csrs mstatus, %0" ::"r"(MSTATUS_INTERRUPTS) : "memory");
    else
        __asm__ volatile("csrc mstatus, %0" ::"r"(MSTATUS_INTERRUPTS) : "memory");
}

void machine_print(const char *text) {
    volatile uint8_t *const out = (volatile uint8_t *)(uintptr_t)UART;
    const volatile uint8_t *const status = (volatile uint8_t *)(uintptr_t)UART_LINE_STATUS;
    for (; *text; text++) {
        while (!(*status & UART_ROOM))
            continue;
        *out = (uint8_t)*text;
    }
}

__attribute__((noreturn)) static void stop(uint32_t how) {
    machine_interrupts(false);
    MACHINE_REGISTER(TEST) = how; /* once: it is done a while later, and each time */
    for (;;)
        machine_sleep();
}

void machine_fail(int status, const char *code, const char *hint, const char *what) {
    machine_interrupts(false);
    machine_print("error[");
    machine_print(code);
    machine_print("]: ");
    machine_print(what);
    if (hint) {
        machine_print("\nhint: ");
        machine_print(hint);
    }
    machine_print("\n");
    stop(TEST_FAILED | (uint32_t)status << 16);
}

void machine_restart(void) {
    resetWord = RESTARTED;
    stop(TEST_RESET);
}

bool machine_was_restarted(void) {
    const bool yes = resetWord == RESTARTED;
    resetWord = 0;
    return yes;
}
