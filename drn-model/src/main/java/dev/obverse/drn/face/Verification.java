package dev.obverse.drn.face;

import dev.obverse.nn.metric.Cosine;
import dev.obverse.nn.metric.Roc;
import dev.obverse.tensor.Device;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * How well a recogniser tells people apart; say nothing of it with people it was trained on.
 *
 * @param data what it was measured on
 * @param people number of people
 * @param faces number of pictures
 * @param auc the chance that two pictures of one person are more alike than two of different people
 * @param accuracy share of pairs judged rightly at the best threshold, both kinds of pairs counting alike
 * @param tarAtFar100 share of pairs of one person accepted when 1 in 100 pairs of two people is
 * @param tarAtFar1000 when 1 in 1000 is
 * @param rank1 share of pictures whose most similar other picture is of the same person
 */
public record Verification(
        String data,
        int people,
        int faces,
        double auc,
        double accuracy,
        double tarAtFar100,
        double tarAtFar1000,
        double rank1) {
    private static final int BATCH = 64;

    /** Compares every picture with every other. */
    public static Verification of(Recogniser recogniser, LabelledFaces faces) {
        var embeddings = new float[faces.count()][];
        for (int from = 0; from < faces.count(); from += BATCH) {
            int to = Math.min(faces.count(), from + BATCH);
            var rows = Rows.of(recogniser.embed(faces.tensor(from, to, Device.cpu())));
            System.arraycopy(rows, 0, embeddings, from, rows.length);
        }
        var roc = Roc.ofAllPairs(embeddings, faces.labels());
        return new Verification(
                faces.description(),
                faces.people().size(),
                faces.count(),
                roc.areaUnderCurve(),
                roc.bestAccuracy(),
                roc.tarAtFar(0.01).tar(),
                roc.tarAtFar(0.001).tar(),
                Cosine.leaveOneOutRank1(embeddings, faces.labels()));
    }

    /** For a recogniser's facts. */
    public SequencedMap<String, Object> asMap() {
        var map = new LinkedHashMap<String, Object>();
        map.put("data", data);
        map.put("people", people);
        map.put("faces", faces);
        map.put("auc", auc);
        map.put("accuracy", accuracy);
        map.put("tarAtFar0.01", tarAtFar100);
        map.put("tarAtFar0.001", tarAtFar1000);
        map.put("rank1", rank1);
        return map;
    }
}
