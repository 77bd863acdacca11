/* Call0 ABI. The emulator resets to the first word, literals included: a jump over them, a stack, then main. Memory is
 * clear. */
    .section .text.reset, "ax"
    .global _reset
_reset:
    j _start

    .section .text.start, "ax"
    .literal_position
    .align 4
_start:
    movi a1, anc_stack_end
    call0 main
    call0 exit
