package android.util;

/** The part of the public API that the generated apps use, to compile them against. */
public interface AttributeSet {
}
