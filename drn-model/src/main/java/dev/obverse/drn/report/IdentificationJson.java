package dev.obverse.drn.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.obverse.drn.Identification;

/** An identification for programs: {@code {"people", "pairs", "doNothing": {"rank1", "rank5", "cmc"}, "traced"}}. */
public final class IdentificationJson {
    private IdentificationJson() {}

    public static ObjectNode of(Identification found) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("people", found.people());
        json.put("pairs", found.pairs());
        json.set("doNothing", row(found.doNothing()));
        json.set("traced", row(found.traced()));
        return json;
    }

    private static ObjectNode row(Identification.Row row) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("rank1", row.rank(1));
        json.put("rank5", row.rank(5));
        var cmc = json.putArray("cmc");
        for (double share : row.cmc()) {
            cmc.add(share);
        }
        return json;
    }
}
