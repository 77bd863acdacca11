# From reset: stack, pointers of the ABI, zeros; then start(hart, device tree), both from QEMU.
    .section .text.start, "ax"
    .global _start
_start:
    .option push
    .option norelax
    la gp, globalPointer
    .option pop
    la sp, stackTop
    la tp, tlsStart
    la t0, trap
    csrw mtvec, t0
#ifdef __riscv_flen
    li t0, 0x2000           # mstatus.FS: the floating-point registers are on
    csrs mstatus, t0
    csrw fcsr, zero
#endif
    la t0, bssStart
    la t1, bssEnd
1:  bgeu t0, t1, 2f
    sw zero, 0(t0)
    addi t0, t0, 4
    j 1b
2:  j start
