/*
 * ANC_HOT marks the inner loops. Where the build defines ANC_X86_CLONES, each is compiled twice and
 * the loader picks the one for the machine's vector unit; the results are the same, they are
 * integers.
 */
#ifndef ANC_HOT_H
#define ANC_HOT_H

#if defined(ANC_X86_CLONES)
#define ANC_HOT __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define ANC_HOT
#endif

#if defined(__GNUC__)
#define ANC_NOINLINE __attribute__((noinline))
#else
#define ANC_NOINLINE
#endif

#endif
