package org.pytorch;

/** The part of the public API that the generated apps use, to compile them against. */
public class Module {
    public IValue forward(IValue... inputs) { throw new UnsupportedOperationException(); }
    public void destroy() { throw new UnsupportedOperationException(); }
}
