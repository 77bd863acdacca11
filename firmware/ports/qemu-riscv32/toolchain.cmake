# Bare metal for `qemu-system-riscv32 -M virt`; ANC_ISA is rv32imc, rv32imac or rv32imafc.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv32)
set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_ASM_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ANC_ISA)

if(ANC_ISA STREQUAL "rv32imafc")
    set(abi ilp32f)
else()
    set(abi ilp32)
endif()
# The ISA specification before 20191213 has the CSR instructions in its base, as this compiler's 32-bit libraries do.
set(CMAKE_C_FLAGS_INIT
    "--specs=picolibc.specs -march=${ANC_ISA} -mabi=${abi} -misa-spec=2.2 -mcmodel=medany")
set(CMAKE_ASM_FLAGS_INIT "${CMAKE_C_FLAGS_INIT}")
