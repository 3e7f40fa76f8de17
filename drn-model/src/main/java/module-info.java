/** The Disentangling Reversing Network. */
module dev.obverse.drn {
    requires static org.jspecify;
    requires transitive dev.obverse.nn;
    requires transitive com.fasterxml.jackson.databind;
    requires java.desktop;

    exports dev.obverse.drn;
    exports dev.obverse.drn.data;
    exports dev.obverse.drn.detect;
    exports dev.obverse.drn.face;
    exports dev.obverse.drn.prepare;
    exports dev.obverse.drn.report;

    opens dev.obverse.drn.prepare to
            com.fasterxml.jackson.databind;
}
