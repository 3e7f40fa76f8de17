package dev.obverse.drn.face;

import dev.obverse.autograd.NoGrad;
import dev.obverse.nn.Layer;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A recogniser of our own, a small one of 360,000 weights by default or an IResNet-50, trained by
 * {@link RecogniserTrainer} and kept in a folder: {@code recogniser.json} says what it is, {@code model.safetensors}
 * holds the weights.
 */
public final class TrainedRecogniser implements Recogniser {
    private final String name;
    private final RecogniserArchitecture architecture;
    private final Layer network;
    private final String fingerprint;
    private final SequencedMap<String, Object> facts;

    /** Takes over a trained network, which must not change any more. */
    TrainedRecogniser(String name, RecogniserArchitecture architecture, Layer network, Map<String, Object> facts) {
        network.freeze();
        network.eval();
        this.name = name;
        this.architecture = architecture;
        this.network = network;
        this.fingerprint = Fingerprint.of(architecture.toString(), network.namedTensors());
        this.facts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(facts));
    }

    /** One with random weights: what a trained one must beat. */
    public static TrainedRecogniser untrained(RecogniserArchitecture architecture, long seed) {
        return new TrainedRecogniser(
                "untrained-" + seed, architecture, architecture.network(new Philox(seed)), Map.of());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int embeddingLength() {
        return architecture.embedding();
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    public RecogniserArchitecture architecture() {
        return architecture;
    }

    /** What a reader may want to know and the recogniser does not need: how it was trained, how well it does. */
    public SequencedMap<String, Object> facts() {
        return facts;
    }

    /** This recogniser with one more fact, of numbers, strings, and lists and maps of them. */
    public TrainedRecogniser withFact(String key, Object value) {
        var more = new LinkedHashMap<>(facts);
        more.put(key, value);
        return new TrainedRecogniser(name, architecture, network, more);
    }

    SequencedMap<String, Tensor> weights() {
        return network.namedTensors();
    }

    @Override
    public Tensor embed(Tensor faces) {
        try (var _ = NoGrad.open();
                var scope = TensorScope.open()) {
            var input = Preprocessing.fit(faces, architecture.crop(), architecture.inputSize());
            return scope.keep(network.forward(Preprocessing.centre(input)));
        }
    }

    @Override
    public void save(Path folder) throws IOException {
        RecogniserFolder.save(this, folder);
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @throws IOException in one sentence that names the file and what is wrong with it
     */
    public static TrainedRecogniser load(Path folder) throws IOException {
        return RecogniserFolder.load(folder);
    }
}
