package dev.obverse.drn.report;

/**
 * The colour map "inferno" of Nathaniel Smith and Stefan van der Walt (2015, CC0): equal steps of the value look like
 * equal steps, also in grey and to colour-blind eyes. 17 of its 256 colours, linear in between, no channel off by more
 * than 7 of 255.
 */
final class Inferno {
    private static final int[] COLOURS = {
        0x000004, 0x0b0724, 0x210c4a, 0x3d0965, 0x57106e, 0x71196e, 0x8a226a, 0xa32c61, 0xbc3754, //
        0xd04545, 0xe35933, 0xf1711f, 0xf98c0a, 0xfcaa0f, 0xf9c932, 0xf2e865, 0xfcffa4
    };

    private Inferno() {}

    /** Writes the colour of a value, black for 0 to light yellow for 1, into three elements of {@code rgb}. */
    static void write(float value, float[] rgb, int at) {
        float place = Math.clamp(value, 0f, 1f) * (COLOURS.length - 1);
        int low = Math.min((int) place, COLOURS.length - 2);
        float share = place - low;
        for (int c = 0; c < 3; c++) {
            int from = COLOURS[low] >> (16 - 8 * c) & 255;
            int to = COLOURS[low + 1] >> (16 - 8 * c) & 255;
            rgb[at + c] = (from + share * (to - from)) / 255;
        }
    }
}
