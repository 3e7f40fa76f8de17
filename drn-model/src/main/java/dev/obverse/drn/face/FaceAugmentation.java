package dev.obverse.drn.face;

import dev.obverse.random.Philox;

/**
 * Random changes that leave a face recognisable, made while a picture is scaled to a network's input. Amounts are drawn
 * evenly from minus to plus the value.
 *
 * @param shift of the picture's middle, as a share of the part that is used
 * @param zoom of the size, as a share
 * @param turn in the image plane, in radians
 * @param brightness added to all values
 * @param contrast of all values, as a share
 * @param colour of each channel by itself, as a share
 * @param flipChance of a mirror image
 * @param blurChance of a blur by (1 2 1) / 4 in both directions
 */
public record FaceAugmentation(
        double shift,
        double zoom,
        double turn,
        double brightness,
        double contrast,
        double colour,
        double flipChance,
        double blurChance) {
    /** For training. */
    public static final FaceAugmentation DEFAULT = new FaceAugmentation(0.06, 0.1, 0.12, 0.1, 0.25, 0.1, 0.5, 0.3);

    /** Scales only. */
    public static final FaceAugmentation NONE = new FaceAugmentation(0, 0, 0, 0, 0, 0, 0, 0);

    /**
     * Draws a change and writes the changed picture.
     *
     * @param pixels [S,S,3], 8 bits a channel
     * @param crop side of the middle part that is used, as a share of S
     * @param target where the picture is written, [size,size,3], values about [-1,1]
     * @param offset of its first value in {@code target}
     */
    void write(byte[] pixels, int side, double crop, float[] target, int offset, int size, Philox random) {
        var draw = new float[10];
        random.fillUniform(draw, -1, 1);
        double used = crop * side;
        double step = used / size * (1 + zoom * draw[0]);
        double mirror = draw[4] < 2 * flipChance - 1 ? -1 : 1;
        double cos = StrictMath.cos(turn * draw[1]) * step;
        double sin = StrictMath.sin(turn * draw[1]) * step;
        double middleX = side / 2.0 - 0.5 + shift * used * draw[2];
        double middleY = side / 2.0 - 0.5 + shift * used * draw[3];
        var gain = new float[3];
        for (int c = 0; c < 3; c++) {
            gain[c] = (float) ((1 + contrast * draw[5]) * (1 + colour * draw[6 + c]));
        }
        float lift = (float) (brightness * draw[9]);
        double half = (size - 1) / 2.0;
        int at = offset;
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++, at += 3) {
                double u = (j - half) * mirror;
                double v = i - half;
                sample(pixels, side, middleX + cos * u - sin * v, middleY + sin * u + cos * v, target, at);
                for (int c = 0; c < 3; c++) {
                    target[at + c] = 2 * (target[at + c] * gain[c] + lift) - 1;
                }
            }
        }
        if (random.nextFloat() < blurChance) {
            blur(target, offset, size, 3);
            blur(target, offset, size, 3 * size);
        }
    }

    /** Reads between pixels, bilinearly; what lies outside is the nearest pixel of the border. Values in [0,1]. */
    private static void sample(byte[] pixels, int side, double x, double y, float[] target, int at) {
        double left = Math.clamp(x, 0, side - 1);
        double top = Math.clamp(y, 0, side - 1);
        int x0 = Math.min((int) left, side - 2);
        int y0 = Math.min((int) top, side - 2);
        float fx = (float) (left - x0);
        float fy = (float) (top - y0);
        int first = (y0 * side + x0) * 3;
        for (int c = 0; c < 3; c++) {
            int p = first + c;
            float upper = (pixels[p] & 255) * (1 - fx) + (pixels[p + 3] & 255) * fx;
            float lower = (pixels[p + 3 * side] & 255) * (1 - fx) + (pixels[p + 3 * side + 3] & 255) * fx;
            target[at + c] = (upper * (1 - fy) + lower * fy) / 255;
        }
    }

    /** (1 2 1) / 4 along one direction: {@code step} is the distance of neighbours. The border pixels stay. */
    private static void blur(float[] target, int offset, int size, int step) {
        int across = step == 3 ? 3 * size : 3;
        for (int line = 0; line < size; line++) {
            for (int c = 0; c < 3; c++) {
                int at = offset + line * across + c;
                float before = target[at];
                for (int i = 1; i < size - 1; i++) {
                    at += step;
                    float here = target[at];
                    target[at] = 0.25f * (before + 2 * here + target[at + step]);
                    before = here;
                }
            }
        }
    }
}
