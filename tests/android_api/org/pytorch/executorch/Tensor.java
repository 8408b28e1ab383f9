package org.pytorch.executorch;

/** The part of the public API that the generated apps use, to compile them against. */
public abstract class Tensor {
    public static Tensor fromBlob(float[] data, long[] shape) { throw new UnsupportedOperationException(); }
    public float[] getDataAsFloatArray() { throw new UnsupportedOperationException(); }
}
