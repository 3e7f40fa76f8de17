// Numbers shorter than float32, as tensor cores take them: TF32 with 10 bits of fraction, bfloat16 with 7.
#pragma once

#include <string.h>

inline float bits(unsigned u) {
    float f;
    memcpy(&f, &u, 4);
    return f;
}
inline unsigned bits(float f) {
    unsigned u;
    memcpy(&u, &f, 4);
    return u;
}
// To the nearest with this many fraction bits, ties to even.
inline float rounded(float x, int fraction) {
    if (x != x || x - x != 0) return x;
    unsigned u = bits(x), drop = 23 - fraction;
    return bits((u + ((1u << (drop - 1)) - 1) + (u >> drop & 1)) >> drop << drop);
}
inline float bf16(unsigned short half) { return bits((unsigned)half << 16); }
inline unsigned short bf16(float x) { return bits(rounded(x, 7)) >> 16; }
