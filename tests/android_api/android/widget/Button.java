package android.widget;

/** The part of the public API that the generated apps use, to compile them against. */
public class Button extends TextView {
    public Button(android.content.Context context, android.util.AttributeSet attributes) { super(context, attributes); }
}
