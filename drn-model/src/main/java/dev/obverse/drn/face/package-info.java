/**
 * Face recognisers: what turns a picture of a face into a vector that says who it shows.
 *
 * <p>{@link RecogniserTrainer} makes a {@link TrainedRecogniser} from {@link LabelledFaces} and {@link Verification}
 * measures it on people it has not seen; an {@link EmbeddingSource} gives the vectors of picture files.
 */
@NullMarked
package dev.obverse.drn.face;

import org.jspecify.annotations.NullMarked;
