package android.graphics;

/** The part of the public API that the generated apps use, to compile them against. */
public class Path {
    public boolean isEmpty() { throw new UnsupportedOperationException(); }
    public void reset() { throw new UnsupportedOperationException(); }
    public void moveTo(float x, float y) { throw new UnsupportedOperationException(); }
    public void lineTo(float x, float y) { throw new UnsupportedOperationException(); }
    public void computeBounds(RectF bounds, boolean exact) { throw new UnsupportedOperationException(); }
}
