package dev.obverse.nn;

import dev.obverse.random.Philox;
import dev.obverse.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What a checkpoint holds: tensors by name, and small values that JSON can hold (numbers, strings, booleans, lists and
 * maps of them).
 */
public record TrainState(SequencedMap<String, Tensor> tensors, SequencedMap<String, Object> metadata) {
    public TrainState {
        tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
        metadata = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metadata));
    }

    /**
     * This state with another inside: its tensors as {@code name.} plus their names, its metadata under {@code name}.
     */
    public TrainState with(String name, TrainState part) {
        var allTensors = new LinkedHashMap<>(tensors);
        part.tensors.forEach((key, tensor) -> allTensors.put(name + "." + key, tensor));
        var allMetadata = new LinkedHashMap<>(metadata);
        allMetadata.put(name, part.metadata);
        return new TrainState(allTensors, allMetadata);
    }

    /** The state that {@link #with} put inside. */
    public TrainState part(String name) {
        var prefix = name + ".";
        var partTensors = new LinkedHashMap<String, Tensor>();
        tensors.forEach((key, tensor) -> {
            if (key.startsWith(prefix)) {
                partTensors.put(key.substring(prefix.length()), tensor);
            }
        });
        return new TrainState(partTensors, map(name));
    }

    /** A whole number of the metadata. */
    public long number(String key) {
        if (metadata.get(key) instanceof Number n) {
            return n.longValue();
        }
        throw new IllegalArgumentException("The saved state has no number '" + key + "', but " + metadata.get(key));
    }

    /** A map of the metadata. */
    public SequencedMap<String, Object> map(String key) {
        if (metadata.get(key) instanceof Map<?, ?> m) {
            var copy = new LinkedHashMap<String, Object>();
            m.forEach((k, v) -> copy.put(String.valueOf(k), v));
            return copy;
        }
        throw new IllegalArgumentException("The saved state has no map '" + key + "', but " + metadata.get(key));
    }

    /** A source of random numbers as metadata. */
    public static SequencedMap<String, Object> of(Philox random) {
        var state = random.state();
        var map = new LinkedHashMap<String, Object>();
        map.put("seed", state.seed());
        map.put("stream", state.stream());
        map.put("position", state.position());
        return map;
    }

    /** A source of random numbers of the metadata, as {@link #of} wrote it. */
    public Philox.State random(String key) {
        var state = new TrainState(new LinkedHashMap<>(), map(key));
        return new Philox.State(state.number("seed"), state.number("stream"), state.number("position"));
    }

    /**
     * Copies the values of {@code saved} into {@code own}, in place.
     *
     * @throws IllegalArgumentException before anything changes, unless names and shapes are the same
     */
    public static void copy(Map<String, Tensor> saved, Map<String, Tensor> own) {
        own.forEach((name, tensor) -> {
            var other = saved.get(name);
            if (other == null) {
                throw new IllegalArgumentException("The saved state lacks '" + name + "' of shape " + tensor.shape());
            }
            if (!other.shape().equals(tensor.shape())) {
                throw new IllegalArgumentException("The saved state has '" + name + "' of shape " + other.shape()
                        + ", but here it has shape " + tensor.shape());
            }
        });
        for (var name : saved.keySet()) {
            if (!own.containsKey(name)) {
                throw new IllegalArgumentException("The saved state has '" + name
                        + "', which does not exist here: it was saved from another model");
            }
        }
        saved.forEach((name, tensor) -> own.getOrDefault(name, tensor).set(tensor));
    }
}
