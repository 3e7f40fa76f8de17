package dev.obverse.cuda.device;

/** A call of CUDA, cuBLAS, cuDNN or NVRTC that failed: which, with what status, and what it was for. */
public class CudaException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    static final int OUT_OF_MEMORY = 2;

    private final int status;

    /**
     * A status other than success.
     *
     * @param reason the status in words
     */
    public CudaException(String call, int status, String reason) {
        super(call + " failed with status " + status + ", " + reason);
        this.status = status;
    }

    CudaException(CudaException failure, String what) {
        super(what + ": " + failure.getMessage() + advice(failure.status), failure);
        this.status = failure.status;
    }

    CudaException(int status, String message) {
        super(message);
        this.status = status;
    }

    public int status() {
        return status;
    }

    /** What to do about the driver's failures that have one cause. */
    private static String advice(int status) {
        return switch (status) {
            case 100 -> "; no NVIDIA card is visible: check nvidia-smi and CUDA_VISIBLE_DEVICES";
            case 209, 222 -> "; the driver is older than the kernels: update it, then delete the kernel cache";
            case 214, 219, 999 -> "; the card or its driver is in a bad state: see nvidia-smi and dmesg";
            case 700, 719 ->
                "; a kernel went wrong and this process can no longer use the card: run again with"
                        + " -Dobverse.cuda.debug=true to see which";
            default -> "";
        };
    }
}
