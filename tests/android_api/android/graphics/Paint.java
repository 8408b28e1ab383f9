package android.graphics;

/** The part of the public API that the generated apps use, to compile them against. */
public class Paint {
    public static final int ANTI_ALIAS_FLAG = 1;
    public enum Cap { BUTT, ROUND, SQUARE }
    public enum Join { MITER, ROUND, BEVEL }
    public enum Style { FILL, STROKE, FILL_AND_STROKE }
    public Paint() { throw new UnsupportedOperationException(); }
    public Paint(int flags) { throw new UnsupportedOperationException(); }
    public void setColor(int color) { throw new UnsupportedOperationException(); }
    public int getColor() { throw new UnsupportedOperationException(); }
    public void setStyle(Style style) { throw new UnsupportedOperationException(); }
    public Style getStyle() { throw new UnsupportedOperationException(); }
    public void setStrokeCap(Cap cap) { throw new UnsupportedOperationException(); }
    public Cap getStrokeCap() { throw new UnsupportedOperationException(); }
    public void setStrokeJoin(Join join) { throw new UnsupportedOperationException(); }
    public Join getStrokeJoin() { throw new UnsupportedOperationException(); }
    public void setStrokeWidth(float width) { throw new UnsupportedOperationException(); }
    public float getStrokeWidth() { throw new UnsupportedOperationException(); }
    public void setTextSize(float size) { throw new UnsupportedOperationException(); }
    public float getTextSize() { throw new UnsupportedOperationException(); }
}
