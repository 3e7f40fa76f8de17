package dev.obverse.drn.data;

/** What several tests ask about pictures. */
final class Pictures {
    private Pictures() {}

    /** Peak signal to noise ratio of two pictures after rounding to 8 bits, in dB. */
    static double psnr(RgbImage a, RgbImage b) {
        double sum = 0;
        for (int i = 0; i < a.rgb().length; i++) {
            double d = RgbImage.toByte(a.rgb()[i]) - RgbImage.toByte(b.rgb()[i]);
            sum += d * d;
        }
        return 10 * Math.log10(255.0 * 255.0 * a.rgb().length / sum);
    }

    /** Largest difference of a channel at a pixel. */
    static double difference(RgbImage a, RgbImage b, int pixel) {
        double most = 0;
        for (int c = pixel * 3; c < pixel * 3 + 3; c++) {
            most = Math.max(most, Math.abs(a.rgb()[c] - b.rgb()[c]));
        }
        return most;
    }
}
