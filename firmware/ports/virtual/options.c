#include "options.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

static const char *const HELP =
    "anc-virtual [OPTIONS]: a headset that is a process: the firmware's core in a simulated ear.\n"
    "\n"
    "Link (at least one of them to talk to it; both may be given)\n"
    "  --tcp [PORT]            listen on 127.0.0.1 (default: any free port)\n"
    "  --pty [LINK]            open a pseudo-terminal, and a symbolic link to it\n"
    "  --exit-with-stdin       end when standard input ends\n"
    "\n"
    "Headset\n"
    "  --board ID              virtual-lowlatency (default) or virtual-i2s\n"
    "  --latency N             samples from microphone to loudspeaker instead of the board's\n"
    "  --store FILE            stored parameters (default: forgotten at the end)\n"
    "  --slots FOLDER          two firmware slots for `anc update`; the store is in it by default\n"
    "  --trial-ms MS           for new firmware to be healthy (default 20000)\n"
    "  --safe-mode             start without the stored parameters\n"
    "  --serial-number TEXT    default V1\n"
    "  --set NAME=VALUE        a parameter at start; may be given again\n"
    "  --secondary-model MODEL exact (default), none, or a path file whose secondary path is "
    "modelled\n"
    "  --no-guards             without the detectors of howling and wind, as on a chip without "
    "floats\n"
    "\n"
    "Sound\n"
    "  --noise NAME            cabin, engine, train, pink, white, sine:HZ or a WAV file\n"
    "  --level-db DB           RMS at the reference microphone, dBFS (default: the board's)\n"
    "  --paths PATHS           builtin[:normal|loose], or a path file, with #ear=L or #ear=R\n"
    "  --secondary FILE        secondary and feedback path for a dummy-head file\n"
    "  --mic-noise-db DB       RMS of each microphone's noise, dBFS\n"
    "  --seed N                of everything random (default 1)\n"
    "  --record FOLDER         reference.wav, error-on.wav, error-off.wav, anti-noise.wav\n"
    "\n"
    "Run\n"
    "  --speed X|max           1 is real time (default)\n"
    "  --seconds S             end after S seconds of audio and print levels (default: run on)\n"
    "  --fault SPEC[@START[-END]]  drop=P corrupt=P delay=MS ref-silent err-silent ref-clip=DB\n"
    "                          swap-path=FILE sign-flip speaker-silent feedback=DB wind=DB\n"
    "                          knocks=DB; may be given again\n";

enum {
    BOARD = 256,
    TCP,
    PTY,
    NOISE,
    LEVEL,
    PATHS,
    SECONDARY,
    LATENCY,
    MIC_NOISE,
    SEED,
    SPEED,
    SECONDS,
    RECORD,
    STORE,
    SERIAL_NUMBER,
    SECONDARY_MODEL,
    SET,
    FAULT,
    EXIT_WITH_STDIN,
    NO_GUARDS,
    SLOTS_FOLDER,
    TRIAL_MS,
    SAFE_MODE,
    HELP_OPTION
};

static const struct option table[] = {
    {"board", required_argument, NULL, BOARD},
    {"tcp", optional_argument, NULL, TCP},
    {"pty", optional_argument, NULL, PTY},
    {"noise", required_argument, NULL, NOISE},
    {"level-db", required_argument, NULL, LEVEL},
    {"paths", required_argument, NULL, PATHS},
    {"secondary", required_argument, NULL, SECONDARY},
    {"latency", required_argument, NULL, LATENCY},
    {"mic-noise-db", required_argument, NULL, MIC_NOISE},
    {"seed", required_argument, NULL, SEED},
    {"speed", required_argument, NULL, SPEED},
    {"seconds", required_argument, NULL, SECONDS},
    {"record", required_argument, NULL, RECORD},
    {"store", required_argument, NULL, STORE},
    {"serial-number", required_argument, NULL, SERIAL_NUMBER},
    {"secondary-model", required_argument, NULL, SECONDARY_MODEL},
    {"set", required_argument, NULL, SET},
    {"fault", required_argument, NULL, FAULT},
    {"no-guards", no_argument, NULL, NO_GUARDS},
    {"slots", required_argument, NULL, SLOTS_FOLDER},
    {"trial-ms", required_argument, NULL, TRIAL_MS},
    {"safe-mode", no_argument, NULL, SAFE_MODE},
    {"exit-with-stdin", no_argument, NULL, EXIT_WITH_STDIN},
    {"help", no_argument, NULL, HELP_OPTION},
    {NULL, 0, NULL, 0},
};

static const char *const SEE_HELP = "anc-virtual --help lists the options.";

static double number(const char *name, const char *text, double min, double max) {
    char *end;
    const double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= min && value <= max))
        fail(EXIT_BAD_INPUT, "OPTION_INVALID", SEE_HELP, "--%s takes %g..%g, not '%s'", name, min,
             max, text);
    return value;
}

static unsigned whole(const char *name, const char *text, double max) {
    const double value = number(name, text, 0, max);
    if (value != floor(value))
        fail(EXIT_BAD_INPUT, "OPTION_INVALID", SEE_HELP, "--%s takes a whole number, not '%s'",
             name, text);
    return (unsigned)value;
}

static const board_t *board(const char *id) {
    for (size_t i = 0; i < boardCount; i++)
        if (strcmp(boards[i].id, id) == 0) return &boards[i];
    fail(EXIT_BAD_INPUT, "BOARD_UNKNOWN", "There are virtual-lowlatency and virtual-i2s.",
         "no virtual board '%s'", id);
}

/* `--tcp 7000` as well as `--tcp=7000`: getopt knows only the second for optional values. */
static const char *optional(int argc, char **argv) {
    if (optarg) return optarg;
    if (optind < argc && argv[optind][0] != '-') return argv[optind++];
    return NULL;
}

static void take(options_t *o, int option, int argc, char **argv) {
    const char *value;
    switch (option) {
    case TCP:
        value = optional(argc, argv);
        o->tcp = true;
        if (value) o->tcpPort = whole("tcp", value, 65535);
        break;
    case PTY:
        o->ptyLink = optional(argc, argv);
        o->pty = true;
        break;
    case NOISE:
        o->noise = optarg;
        break;
    case LEVEL:
        o->levelDb = number("level-db", optarg, -120, 0);
        break;
    case PATHS:
        o->paths = optarg;
        break;
    case SECONDARY:
        o->secondary = optarg;
        break;
    case LATENCY:
        o->latencySamples = whole("latency", optarg, PLANT_MAX_LATENCY);
        break;
    case MIC_NOISE:
        o->micNoiseDb = number("mic-noise-db", optarg, -200, 0);
        break;
    case SEED:
        o->seed = whole("seed", optarg, 4294967295.0);
        break;
    case SPEED:
        o->speed = strcmp(optarg, "max") == 0 ? 0 : number("speed", optarg, 0.01, 1000);
        break;
    case SECONDS:
        o->seconds = number("seconds", optarg, 0.001, 1e6);
        break;
    case RECORD:
        o->record = optarg;
        break;
    case STORE:
        o->store = optarg;
        break;
    case SERIAL_NUMBER:
        o->serialNumber = optarg;
        break;
    case SECONDARY_MODEL:
        o->secondaryModel = optarg;
        break;
    case SET:
        if (o->settingCount == MAX_SETTINGS || !strchr(optarg, '='))
            fail(EXIT_BAD_INPUT, "OPTION_INVALID", "Write --set name=value.",
                 "--set cannot be '%s'", optarg);
        o->settings[o->settingCount++] = optarg;
        break;
    case FAULT:
        if (o->faultCount == MAX_FAULTS)
            fail(EXIT_BAD_INPUT, "OPTION_INVALID", NULL, "more than %d faults", MAX_FAULTS);
        o->faults[o->faultCount++] = fault_parse(optarg);
        break;
    case NO_GUARDS:
        o->noGuards = true;
        break;
    case SLOTS_FOLDER:
        o->slots = optarg;
        break;
    case TRIAL_MS:
        o->trialMs = whole("trial-ms", optarg, 600000);
        break;
    case SAFE_MODE:
        o->safeMode = true;
        break;
    case EXIT_WITH_STDIN:
        o->exitWithStdin = true;
        break;
    case HELP_OPTION:
        fputs(HELP, stdout);
        exit(0);
    default:
        fail(EXIT_BAD_INPUT, "OPTION_INVALID", SEE_HELP, "'%s' is no option, or lacks its value",
             argv[optind - 1]);
    }
}

options_t options_parse(int argc, char **argv) {
    options_t o = {.serialNumber = "V1", .secondaryModel = "exact", .seed = 1, .speed = 1};
    opterr = 0;
    o.board = board("virtual-lowlatency");
    /* The board first, wherever it stands: its values are the defaults of the others. */
    for (int option; (option = getopt_long(argc, argv, "", table, NULL)) != -1;)
        if (option == BOARD) o.board = board(optarg);
    o.noise = o.board->noise;
    o.paths = o.board->paths;
    o.levelDb = o.board->levelDb;
    o.micNoiseDb = o.board->micNoiseDb;
    o.latencySamples = o.board->addedLatencySamples;
    optind = 0;
    for (int option; (option = getopt_long(argc, argv, "+", table, NULL)) != -1;)
        if (option != BOARD) take(&o, option, argc, argv);
    if (optind < argc)
        fail(EXIT_BAD_INPUT, "OPTION_INVALID", SEE_HELP, "unexpected argument '%s'", argv[optind]);
    if (!o.tcp && !o.pty && o.seconds == 0)
        fail(EXIT_BAD_INPUT, "OPTION_INVALID", "Give --tcp or --pty to talk to it, or --seconds.",
             "nothing says how to talk to this headset or when it ends");
    return o;
}
