package dev.obverse.drn.data;

/** Separable scaling of pictures. */
final class Resampling {
    private Resampling() {}

    /** The weights with which old positions {@code first[i] ..} make new position {@code i} along one axis. */
    private record Axis(int[] first, float[][] weights) {
        static Axis of(int from, int to) {
            var axis = new Axis(new int[to], new float[to][]);
            double scale = (double) from / to;
            for (int i = 0; i < to; i++) {
                if (scale > 1) {
                    axis.average(i, i * scale, Math.min(from, (i + 1) * scale));
                } else {
                    axis.between(i, (i + 0.5) * scale - 0.5, from);
                }
            }
            return axis;
        }

        private void average(int i, double low, double high) {
            int begin = (int) low;
            int end = Math.max(begin + 1, (int) Math.ceil(high - 1e-9));
            first[i] = begin;
            weights[i] = new float[end - begin];
            for (int j = begin; j < end; j++) {
                weights[i][j - begin] = (float) ((Math.min(high, j + 1) - Math.max(low, j)) / (high - low));
            }
        }

        private void between(int i, double centre, int from) {
            double at = Math.max(0, Math.min(from - 1, centre));
            int begin = Math.min((int) at, Math.max(0, from - 2));
            float t = (float) (at - begin);
            first[i] = begin;
            weights[i] = from == 1 ? new float[] {1} : new float[] {1 - t, t};
        }
    }

    static RgbImage resize(RgbImage image, int width, int height) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("Cannot resize to " + width + "x" + height + ": at least 1x1 is needed");
        }
        var across = Axis.of(image.width(), width);
        var down = Axis.of(image.height(), height);
        var narrow = new float[image.height() * width * 3];
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < width; x++) {
                float[] weights = across.weights[x];
                for (int c = 0; c < 3; c++) {
                    float sum = 0;
                    for (int j = 0; j < weights.length; j++) {
                        sum += weights[j] * image.at(across.first[x] + j, y, c);
                    }
                    narrow[(y * width + x) * 3 + c] = sum;
                }
            }
        }
        var rgb = new float[height * width * 3];
        int row = width * 3;
        for (int y = 0; y < height; y++) {
            float[] weights = down.weights[y];
            for (int j = 0; j < weights.length; j++) {
                int from = (down.first[y] + j) * row;
                for (int i = 0; i < row; i++) {
                    rgb[y * row + i] += weights[j] * narrow[from + i];
                }
            }
        }
        return new RgbImage(width, height, rgb);
    }
}
