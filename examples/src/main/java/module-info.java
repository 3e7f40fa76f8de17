/** The {@code obverse} command line and the runnable examples. */
module dev.obverse.examples {
    requires static org.jspecify;
    requires dev.obverse.drn;
    requires info.picocli;
    requires java.logging;
    requires me.tongfei.progressbar;
    requires org.bytedeco.ffmpeg;

    opens dev.obverse.examples to
            info.picocli;
    opens dev.obverse.examples.command to
            info.picocli;
}
