package dev.obverse.examples.video;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_DEFAULT;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_ITU709;
import static org.bytedeco.ffmpeg.global.swscale.SWS_FULL_CHR_H_INT;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.prepare.UnreadableVideo;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Turns decoded frames of one size and format into RGB, by the matrix that they name: BT.709, or BT.601 where they name
 * another or none, which is what OpenCV takes for all.
 */
final class RgbConversion implements AutoCloseable {
    /** Contrast and saturation 1 in FFmpeg's 16.16 fixed point. */
    private static final int ONE = 1 << 16;

    /** swscale writes whole vectors, beyond the end of a row too, where rows are not multiples of them. */
    private static final int VECTOR = 64;

    private final int width;
    private final int height;
    private final int format;
    private final int stride;
    private final SwsContext context;
    private final BytePointer rgb;
    private final PointerPointer<BytePointer> planes = new PointerPointer<>(4);
    private final IntPointer strides = new IntPointer(4);

    RgbConversion(AVFrame frame) throws UnreadableVideo {
        width = frame.width();
        height = frame.height();
        format = frame.format();
        int flags = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT;
        var made = sws_getContext(
                width, height, format, width, height, AV_PIX_FMT_RGB24, flags, null, null, (DoublePointer) null);
        if (made == null) {
            throw new UnreadableVideo(
                    "Frames of " + width + "x" + height + " in pixel format " + format + " cannot be turned into RGB");
        }
        context = made;
        int matrix = frame.colorspace() == AVCOL_SPC_BT709 ? SWS_CS_ITU709 : SWS_CS_DEFAULT;
        int fullRange = frame.color_range() == AVCOL_RANGE_JPEG ? 1 : 0;
        sws_setColorspaceDetails(
                context, sws_getCoefficients(matrix), fullRange, sws_getCoefficients(matrix), 1, 0, ONE, ONE);
        stride = Math.ceilDiv(3 * width, VECTOR) * VECTOR;
        rgb = new BytePointer((long) stride * height + VECTOR);
        planes.put(0, rgb);
        strides.put(0, stride);
    }

    boolean fits(AVFrame frame) {
        return frame.width() == width && frame.height() == height && frame.format() == format;
    }

    RgbImage picture(AVFrame frame) {
        sws_scale(context, frame.data(), frame.linesize(), 0, height, planes, strides);
        var picture = new RgbImage(width, height);
        var row = new byte[3 * width];
        for (int y = 0; y < height; y++) {
            rgb.position((long) y * stride).get(row);
            for (int i = 0; i < row.length; i++) {
                picture.rgb()[y * row.length + i] = (row[i] & 0xFF) / 255f;
            }
        }
        rgb.position(0);
        return picture;
    }

    @Override
    public void close() {
        sws_freeContext(context);
        rgb.close();
        planes.close();
        strides.close();
    }
}
