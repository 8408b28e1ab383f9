package org.pytorch;

/** The part of the public API that the generated apps use, to compile them against. */
public class IValue {
    public static IValue from(Tensor tensor) { throw new UnsupportedOperationException(); }
    public Tensor toTensor() { throw new UnsupportedOperationException(); }
}
