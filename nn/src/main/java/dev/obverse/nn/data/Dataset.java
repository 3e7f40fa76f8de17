package dev.obverse.nn.data;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * A fixed number of samples that can be fetched in any order.
 *
 * <p>{@link #get} is called from several threads at once and must give the same sample for the same index each time;
 * what varies, such as augmentation, belongs in {@link Collator#put}.
 *
 * @param <T> a sample, which may be as little as the name of a file that the collator decodes into the batch
 */
public interface Dataset<T> {
    int size();

    /**
     * One sample.
     *
     * @param index from 0 to {@code size() - 1}
     * @throws IOException if it cannot be read
     */
    T get(int index) throws IOException;

    /** The elements of a list, which must not change afterwards. */
    static <T> Dataset<T> of(List<T> samples) {
        return new Dataset<>() {
            @Override
            public int size() {
                return samples.size();
            }

            @Override
            public T get(int index) {
                return samples.get(index);
            }
        };
    }

    /** The samples at these indices, in this order; an index may occur more than once. */
    default Dataset<T> subset(int... indices) {
        var chosen = indices.clone();
        for (int index : chosen) {
            Objects.checkIndex(index, size());
        }
        var all = this;
        return new Dataset<>() {
            @Override
            public int size() {
                return chosen.length;
            }

            @Override
            public T get(int index) throws IOException {
                return all.get(chosen[index]);
            }
        };
    }

    /** The same samples, each passed through {@code change} when it is fetched. */
    default <R> Dataset<R> map(Function<? super T, ? extends R> change) {
        var all = this;
        return new Dataset<>() {
            @Override
            public int size() {
                return all.size();
            }

            @Override
            public R get(int index) throws IOException {
                return change.apply(all.get(index));
            }
        };
    }
}
