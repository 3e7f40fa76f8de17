package dev.obverse.examples.video;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_RAWVIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGR24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacv.FFmpegFrameRecorder;
import org.bytedeco.javacv.Java2DFrameConverter;

/** Writes videos to read back: {@code .avi} without loss, {@code .mp4} in H.264 at a high rate. */
public final class VideoWriter {
    static {
        av_log_set_level(AV_LOG_QUIET); // it would announce each video on the terminal
    }

    private VideoWriter() {}

    public static void write(Path file, List<BufferedImage> frames, double perSecond) throws Exception {
        write(file, frames, perSecond, "unknown");
    }

    /** The video says that its colours are by {@code matrix}; they are by BT.601. */
    static void write(Path file, List<BufferedImage> frames, double perSecond, String matrix) throws Exception {
        boolean lossless = file.toString().endsWith(".avi");
        var first = frames.getFirst();
        try (var recorder = new FFmpegFrameRecorder(file.toString(), first.getWidth(), first.getHeight(), 0);
                var converter = new Java2DFrameConverter()) {
            recorder.setVideoCodec(lossless ? AV_CODEC_ID_RAWVIDEO : AV_CODEC_ID_H264);
            recorder.setPixelFormat(lossless ? AV_PIX_FMT_BGR24 : AV_PIX_FMT_YUV420P);
            recorder.setFrameRate(perSecond);
            recorder.setVideoBitrate(8_000_000);
            recorder.setVideoOption("colorspace", matrix);
            recorder.start();
            for (var frame : frames) {
                recorder.record(converter.convert(frame));
            }
            recorder.stop();
        }
    }
}
