/* QEMU's parallel NOR flash (CFI, Intel commands) as the settings store wants it. */
#ifndef ANC_QEMU_NOR_FLASH_H
#define ANC_QEMU_NOR_FLASH_H

#include "store/flash.h"

/* The second of the machine's two chips; the first `sectors` of its 128 sectors of 256 KiB. */
flash_t nor_flash(uint32_t sectors);

#endif
