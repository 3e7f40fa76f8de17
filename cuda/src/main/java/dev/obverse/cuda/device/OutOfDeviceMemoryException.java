package dev.obverse.cuda.device;

/** A card has no room for a block: what was asked, by which operation, what is in use, and what to lower. */
public final class OutOfDeviceMemoryException extends CudaException {
    private static final long serialVersionUID = 1;

    OutOfDeviceMemoryException(String device, long bytes, String asker, DevicePool.Statistics pool, long[] freeTotal) {
        super(
                OUT_OF_MEMORY,
                ("%s is out of memory: %s asked for %s, tensors hold %s, %s lie in the pool and %s of %s are free on"
                    + " the card; lower --batch, --width or --size, or end other programs that use the card")
                        .formatted(
                                device,
                                asker,
                                Bytes.text(bytes),
                                Bytes.text(pool.liveBytes()),
                                Bytes.text(pool.pooledBytes()),
                                Bytes.text(freeTotal[0]),
                                Bytes.text(freeTotal[1])));
    }
}
