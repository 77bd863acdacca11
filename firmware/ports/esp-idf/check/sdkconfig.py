"""Resolves ESP-IDF's options as its build does: all Kconfig files of a checkout and of further components, their
defaults for one chip, and the given sdkconfig.defaults. Writes sdkconfig.h and sdkconfig.cmake into a folder.

Usage: sdkconfig.py IDF TARGET VERSION OUT COMPONENTS DEFAULTS, the last two as lists separated by ';'.
Needs kconfiglib (Debian: python3-kconfiglib).
"""

import os
import sys

import kconfiglib

idf, target, version, out, components, defaults = sys.argv[1:]


def sources(name):
    """The folders' Kconfig files of that name, in the order of their components."""
    folders = sorted(os.path.join(idf, "components", entry) for entry in os.listdir(os.path.join(idf, "components")))
    folders += [folder for folder in components.split(";") if folder]
    return [os.path.join(folder, name) for folder in folders if os.path.isfile(os.path.join(folder, name))]


def write_list(variable, name):
    path = os.path.join(out, variable + ".in")
    with open(path, "w") as file:
        file.writelines(f'source "{source}"\n' for source in sources(name))
    os.environ[variable] = path


def value_of(symbol):
    """As IDF writes it into C: booleans that are off are not there."""
    if symbol.orig_type in (kconfiglib.BOOL, kconfiglib.TRISTATE):
        return "1" if symbol.str_value == "y" else None
    if symbol.orig_type == kconfiglib.STRING:
        return '"' + symbol.str_value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if symbol.orig_type == kconfiglib.HEX and symbol.str_value:
        return hex(int(symbol.str_value, 16))
    return symbol.str_value or None


def parse_help(self, node, parse=kconfiglib.Kconfig._parse_help):
    """Menus of newer releases have help texts, too, which kconfiglib 14 does not expect."""
    if not hasattr(node, "help"):
        node.help = None
    parse(self, node)


kconfiglib.Kconfig._parse_help = parse_help
os.makedirs(out, exist_ok=True)
write_list("COMPONENT_KCONFIGS_SOURCE_FILE", "Kconfig")
write_list("COMPONENT_KCONFIGS_PROJBUILD_SOURCE_FILE", "Kconfig.projbuild")
write_list("COMPONENT_KCONFIGS_EXCLUDED_SOURCE_FILE", "Kconfig.absent")
write_list("COMPONENT_KCONFIGS_PROJBUILD_EXCLUDED_SOURCE_FILE", "Kconfig.absent")
major_minor = ".".join(version.split(".")[:2])
os.environ.update(
    IDF_TARGET=target, IDF_PATH=idf, IDF_ENV_FPGA="", IDF_CI_BUILD="", IDF_TOOLCHAIN="gcc", IDF_VERSION=version,
    ESP_IDF_VERSION=major_minor, IDF_MINIMAL_BUILD="n", IDF_INIT_VERSION=version,
)
os.chdir(idf)
config = kconfiglib.Kconfig(os.path.join(idf, "Kconfig"), warn=False)
config.warn = True
config.warn_to_stderr = False
config.warn_assign_undef = True
for path in defaults.split(";"):
    config.load_config(path, replace=False)

unknown = [warning for warning in config.warnings if "undefined symbol" in warning]
for warning in unknown:
    print("unknown " + warning.split("undefined symbol ")[1].split()[0])

with open(os.path.join(out, "sdkconfig.h"), "w") as header, open(os.path.join(out, "sdkconfig.cmake"), "w") as cmake:
    for symbol in config.unique_defined_syms:
        value = value_of(symbol)
        if value is None:
            continue
        header.write(f"#define CONFIG_{symbol.name} {value}\n")
        text = "y" if symbol.orig_type == kconfiglib.BOOL else symbol.str_value.replace("\\", "\\\\").replace('"', '\\"')
        cmake.write(f'set(CONFIG_{symbol.name} "{text}")\n')
