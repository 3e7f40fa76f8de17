/** The {@code obverse} command line and the runnable examples. */
module dev.obverse.examples {
    requires static org.jspecify;
    requires dev.obverse.drn;
    requires info.picocli;
    requires me.tongfei.progressbar;

    opens dev.obverse.examples to
            info.picocli;
}
