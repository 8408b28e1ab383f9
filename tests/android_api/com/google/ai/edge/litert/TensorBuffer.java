package com.google.ai.edge.litert;

/** The part of the public API that the generated apps use, to compile them against. */
public final class TensorBuffer implements AutoCloseable {
    public void writeFloat(float[] data) { throw new UnsupportedOperationException(); }
    public float[] readFloat() { throw new UnsupportedOperationException(); }
    public void close() { throw new UnsupportedOperationException(); }
}
