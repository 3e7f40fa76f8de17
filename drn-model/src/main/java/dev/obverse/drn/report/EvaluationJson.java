package dev.obverse.drn.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.obverse.drn.Evaluation.Row;

/**
 * An evaluation for programs:
 *
 * <pre>{@code
 * {"doNothing":{"psnr":..,"ssim":..,"similarity":..,"donorSimilarity":..},"traced":{the same},
 *  "pairs":N,"split":"test","seconds":..,"judge":..,"judgeSupervised":..,"leak":"none","warnings":[..],"note":".."}
 * }</pre>
 *
 * <p>A figure that does not exist, such as a similarity without a recogniser, is null.
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
        json.put("leak", measured.leak().name().toLowerCase(java.util.Locale.ROOT));
        var warnings = json.putArray("warnings");
        measured.warnings().forEach(warnings::add);
        json.put("note", Measured.NOT_PROOF);
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
}
