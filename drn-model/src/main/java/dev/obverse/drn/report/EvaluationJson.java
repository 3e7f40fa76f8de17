package dev.obverse.drn.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.obverse.drn.Evaluation.Row;
import dev.obverse.drn.Identification;
import java.util.Locale;

/**
 * An evaluation for programs:
 *
 * <pre>{@code
 * {"doNothing":{"psnr":..,"ssim":..,"similarity":..,"donorSimilarity":..},"traced":{the same},
 *  "pairs":N,"split":"test","seconds":..,"judge":..,"judgeSupervised":..,"leak":"none","warnings":[..],"note":"..",
 *  "identification":{"people":..,"pairs":..,"doNothing":{"rank1":..,"rank5":..,"cmc":[..]},"traced":{the same}}}
 * }</pre>
 *
 * <p>A figure that does not exist, such as a similarity without a recogniser, is null; without a gallery there is no
 * {@code identification}.
 */
public final class EvaluationJson {
    private EvaluationJson() {}

    public static ObjectNode of(Measured measured) {
        var json = JsonNodeFactory.instance.objectNode();
        json.set("doNothing", row(measured.evaluation().doNothing()));
        json.set("traced", row(measured.evaluation().traced()));
        json.put("pairs", measured.evaluation().pairs());
        json.put("split", measured.split());
        json.put("seconds", Math.round(measured.seconds() * 1000) / 1000.0);
        json.put("judge", measured.judge());
        json.put("judgeSupervised", measured.judgeSupervised());
        json.put("leak", measured.leak().name().toLowerCase(Locale.ROOT));
        var warnings = json.putArray("warnings");
        measured.warnings().forEach(warnings::add);
        json.put("note", Measured.NOT_PROOF);
        var found = measured.evaluation().identification();
        if (found != null) {
            json.set("identification", identification(found));
        }
        return json;
    }

    private static ObjectNode row(Row row) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("psnr", MetricsTable.finite(row.psnr()))
                .put("ssim", MetricsTable.finite(row.ssim()))
                .put("similarity", row.similarity())
                .put("donorSimilarity", row.donorSimilarity());
    }

    private static ObjectNode identification(Identification found) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("people", found.people());
        json.put("pairs", found.pairs());
        json.set("doNothing", ranks(found.doNothing()));
        json.set("traced", ranks(found.traced()));
        return json;
    }

    private static ObjectNode ranks(Identification.Row row) {
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
