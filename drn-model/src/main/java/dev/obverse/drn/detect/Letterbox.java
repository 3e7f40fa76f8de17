package dev.obverse.drn.detect;

import dev.obverse.drn.data.FaceLandmarks.Point;
import dev.obverse.drn.data.RgbImage;
import java.util.Arrays;

/**
 * How a picture lies on the canvas that a detector sees: scaled, in the upper left corner, on black.
 *
 * <p>It is scaled down by averaging areas, where OpenCV's bilinear scaling, which InsightFace uses, looks at 2x2 pixels
 * and skips the others: at exactly half the size both are the same, below that bilinear scaling makes patterns that no
 * face has. Up, both are bilinear.
 *
 * @param width of the canvas, in pixels
 * @param height of the canvas, in pixels
 * @param usedWidth what the scaled picture covers of it
 * @param usedHeight what the scaled picture covers of it
 */
record Letterbox(int pictureWidth, int pictureHeight, int width, int height, int usedWidth, int usedHeight) {
    /** As large as fits, proportions kept; cut to whole pixels as InsightFace does. */
    static Letterbox fit(RgbImage picture, int width, int height) {
        long w = picture.width();
        long h = picture.height();
        boolean tall = h * width > w * height;
        int usedWidth = tall ? (int) Math.max(1, w * height / h) : width;
        int usedHeight = tall ? height : (int) Math.max(1, h * width / w);
        return new Letterbox(picture.width(), picture.height(), width, height, usedWidth, usedHeight);
    }

    /** As {@link #fit}, but a picture that is small enough keeps its size. */
    static Letterbox shrink(RgbImage picture, int width, int height) {
        int w = picture.width();
        int h = picture.height();
        return w > width || h > height ? fit(picture, width, height) : new Letterbox(w, h, width, height, w, h);
    }

    /** The same on a canvas whose sides are the least multiples of {@code divisor} that hold the scaled picture. */
    Letterbox cropped(int divisor) {
        return new Letterbox(
                pictureWidth,
                pictureHeight,
                Math.ceilDiv(usedWidth, divisor) * divisor,
                Math.ceilDiv(usedHeight, divisor) * divisor,
                usedWidth,
                usedHeight);
    }

    /**
     * The canvas as planes {@code [3,height,width]} of {@code (v - mean) / scale}, v from 0 to 255.
     *
     * @param blueFirst whether the planes are blue, green, red
     */
    float[] planes(RgbImage picture, boolean blueFirst, float mean, float scale) {
        var scaled = picture.resize(usedWidth, usedHeight);
        var planes = new float[3 * height * width];
        Arrays.fill(planes, -mean / scale);
        for (int c = 0; c < 3; c++) {
            int channel = blueFirst ? 2 - c : c;
            for (int y = 0; y < usedHeight; y++) {
                int row = (c * height + y) * width;
                for (int x = 0; x < usedWidth; x++) {
                    planes[row + x] = (255 * scaled.at(x, y, channel) - mean) / scale;
                }
            }
        }
        return planes;
    }

    /**
     * A position on the canvas, where (0,0) is the centre of the first pixel, in the picture, where it is the outer
     * corner.
     *
     * <p>The networks were trained with MMDetection 2, which counts from pixel centres and scales positions by the
     * factor of the picture without regard to them; so the scale is undone first and the half pixel is one of the
     * picture's.
     */
    Point inPicture(double x, double y) {
        return new Point(x * pictureWidth / usedWidth + 0.5, y * pictureHeight / usedHeight + 0.5);
    }
}
