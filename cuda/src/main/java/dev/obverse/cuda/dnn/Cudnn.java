package dev.obverse.cuda.dnn;

import dev.obverse.cuda.device.JCudaCard;
import dev.obverse.cuda.device.Status;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;

/** cuDNN on one card. Statuses are compared with 0 only: cuDNN 9 has numbered the others anew. */
public final class Cudnn {
    private final cudnnHandle handle = new cudnnHandle();

    /** The card must be bound. */
    public Cudnn(JCudaCard card) {
        check("cudnnCreate", JCudnn.cudnnCreate(handle));
        check("cudnnSetStream", JCudnn.cudnnSetStream(handle, card.stream()));
    }

    cudnnHandle handle() {
        return handle;
    }

    /** Major version times 10000, for instance 92400. */
    public static long version() {
        return JCudnn.cudnnGetVersion();
    }

    static void check(String call, int status) {
        Status.check(call, status, JCudnn::cudnnGetErrorString);
    }
}
