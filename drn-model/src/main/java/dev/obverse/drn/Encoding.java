package dev.obverse.drn;

import dev.obverse.tensor.Tensor;
import java.util.List;

/**
 * What an encoder makes of images {@code [N,S,S,3]}.
 *
 * @param maps outputs of stage 1 to 4: {@code [N,S,S,w], [N,S/2,S/2,2w], [N,S/4,S/4,4w], [N,S/8,S/8,8w]}
 * @param vector {@code [N,embedding]}
 */
record Encoding(List<Tensor> maps, Tensor vector) {
    /** Samples {@code from} (inclusive) to {@code to} (exclusive) of the vector. */
    Tensor vector(int from, int to) {
        return vector.slice(0, from, to);
    }
}
