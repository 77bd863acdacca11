/* The tree that QEMU hands over at reset holds its command line's `-append`. */
#ifndef ANC_QEMU_DEVICE_TREE_H
#define ANC_QEMU_DEVICE_TREE_H

/* The boot arguments; NULL: there are none. */
const char *device_tree_arguments(const void *tree);

#endif
