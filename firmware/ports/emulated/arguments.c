/*
 * main of every program that runs on an emulated chip: the arguments come from the file
 * `arguments` in the emulator's folder, one a line, because semihosting hands over too few of them
 * (RISC-V) or none (Xtensa). The program's own main is compiled as program_main.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ARGUMENTS = 512, MAX_BYTES = 65536 };

int program_main(int argc, char **argv);

int main(void) {
    static char text[MAX_BYTES];
    static char *argv[MAX_ARGUMENTS + 1] = {"program"};
    int argc = 1;
    FILE *f = fopen("arguments", "rb");
    if (f) {
        const size_t length = fread(text, 1, sizeof text - 1, f);
        fclose(f);
        if (length == sizeof text - 1) return 2;
        for (char *line = text; *line && argc < MAX_ARGUMENTS;) {
            argv[argc++] = line;
            char *end = strchr(line, '\n');
            if (!end) break;
            *end = '\0';
            line = end + 1;
        }
    }
    exit(program_main(argc, argv));
}
