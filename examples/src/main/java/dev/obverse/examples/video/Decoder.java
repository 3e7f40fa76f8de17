package dev.obverse.examples.video;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_q2d;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.prepare.UnreadableVideo;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/** One pass through a video file's best video stream. Not for several threads. */
final class Decoder implements AutoCloseable {
    static {
        // what goes wrong is said in our sentence; FFmpeg would print to the terminal besides
        av_log_set_level(AV_LOG_QUIET);
    }

    private final Path file;
    private final AVFormatContext format = new AVFormatContext(null);
    private final AVPacket packet = av_packet_alloc();
    private final AVFrame frame = av_frame_alloc();
    private @Nullable AVCodecContext codec;
    private @Nullable RgbConversion conversion;
    private int stream;
    private boolean drained;
    private long index = -1;

    Decoder(Path file) throws UnreadableVideo {
        this.file = file;
        try {
            open();
        } catch (UnreadableVideo e) {
            close();
            throw e;
        }
    }

    private void open() throws UnreadableVideo {
        var options = new AVDictionary(null);
        // a playlist dressed up as a video must not make FFmpeg fetch what it names
        av_dict_set(options, "protocol_whitelist", "file", 0);
        int opened = avformat_open_input(format, "file:" + file.toAbsolutePath(), null, options);
        av_dict_free(options);
        check(opened);
        check(avformat_find_stream_info(format, (PointerPointer<?>) null));
        stream = check(av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0));
        var parameters = format.streams(stream).codecpar();
        var decoder = avcodec_find_decoder(parameters.codec_id());
        if (decoder == null) {
            throw new UnreadableVideo("Video " + file + " is in a format that this FFmpeg does not decode");
        }
        codec = avcodec_alloc_context3(decoder);
        check(avcodec_parameters_to_context(codec, parameters));
        codec.thread_count(0); // as many as there are processors
        check(avcodec_open2(codec, decoder, (PointerPointer<?>) null));
        if (!(framesPerSecond() > 0)) {
            throw new UnreadableVideo("Video " + file + " does not say how many frames it has a second");
        }
    }

    /** The mean over the video, as its container says. */
    double framesPerSecond() {
        return av_q2d(format.streams(stream).avg_frame_rate());
    }

    /** Goes to the next frame; false after the last. */
    boolean next() throws UnreadableVideo {
        while (true) {
            int received = avcodec_receive_frame(codec, frame);
            if (received == 0) {
                index++;
                return true;
            }
            if (received == AVERROR_EOF()) {
                return false;
            }
            if (received != AVERROR_EAGAIN()) {
                check(received);
            }
            feed();
        }
    }

    /** Gives the decoder the stream's next packet, or the word that there are no more. */
    private void feed() throws UnreadableVideo {
        while (!drained) {
            int read = av_read_frame(format, packet);
            if (read == AVERROR_EOF()) {
                drained = true;
                check(avcodec_send_packet(codec, null));
                return;
            }
            check(read);
            boolean ours = packet.stream_index() == stream;
            int sent = ours ? avcodec_send_packet(codec, packet) : 0;
            av_packet_unref(packet);
            check(sent);
            if (ours) {
                return;
            }
        }
    }

    /** The frame, with 8 bits per channel. */
    RgbImage picture() throws UnreadableVideo {
        if (conversion == null || !conversion.fits(frame)) {
            closeConversion();
            conversion = new RgbConversion(frame);
        }
        return conversion.picture(frame);
    }

    private int check(int status) throws UnreadableVideo {
        if (status >= 0) {
            return status;
        }
        var message = new byte[256];
        av_strerror(status, message, message.length);
        int length = 0;
        while (length < message.length && message[length] != 0) {
            length++;
        }
        var reason = new String(message, 0, length, StandardCharsets.UTF_8);
        throw new UnreadableVideo("Video " + file
                + (index < 0 ? " cannot be read: " : " is damaged after frame " + index + ": ") + reason);
    }

    private void closeConversion() {
        if (conversion != null) {
            conversion.close();
            conversion = null;
        }
    }

    @Override
    public void close() {
        closeConversion();
        if (codec != null) {
            avcodec_free_context(codec);
            codec = null;
        }
        av_frame_free(frame);
        av_packet_free(packet);
        avformat_close_input(format);
    }
}
