package org.pytorch.executorch;

/** The part of the public API that the generated apps use, to compile them against. */
public class EValue {
    public static EValue from(Tensor tensor) { throw new UnsupportedOperationException(); }
    public Tensor toTensor() { throw new UnsupportedOperationException(); }
}
