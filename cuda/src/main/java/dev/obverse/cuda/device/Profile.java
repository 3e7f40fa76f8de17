package dev.obverse.cuda.device;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where the card's time goes: the time of every kernel of the contract, and what came between them. */
public final class Profile {
    private record Span(String what, long from, long to) {}

    private final Card card;
    private final List<Span> spans = new ArrayList<>();

    Profile(Card card) {
        this.card = card;
    }

    void run(String what, CudaContext.Work work) {
        long from = card.time();
        work.run();
        spans.add(new Span(what, from, card.time()));
    }

    /** Milliseconds by kernel since the last call, and those in which none ran as {@code "between"}. Waits. */
    public Map<String, Double> take() {
        card.bind();
        card.synchronize();
        var sums = new LinkedHashMap<String, Double>();
        long last = 0;
        for (var span : spans) {
            if (last != 0) {
                sums.merge("between", card.between(last, span.from), Double::sum);
            }
            sums.merge(span.what, card.between(span.from, span.to), Double::sum);
            last = span.to;
        }
        spans.clear();
        return sums;
    }
}
