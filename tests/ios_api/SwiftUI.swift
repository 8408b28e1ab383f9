// What the apps use of SwiftUI and Core Graphics, for the compiler alone.

@_exported import Foundation

@MainActor public protocol View {
    associatedtype Body: View
    @ViewBuilder var body: Body { get }
}

extension Never: View { public var body: Never { fatalError() } }

@MainActor public protocol App {
    associatedtype Body: Scene
    var body: Body { get }
    init()
}

extension App {
    public static func main() {}
}

@MainActor public protocol Scene {}

public struct WindowGroup<Content: View>: Scene {
    public init(@ViewBuilder content: () -> Content) {}
}

@resultBuilder public struct ViewBuilder {
    public static func buildBlock<each Content: View>(
        _ content: repeat each Content
    ) -> Several { Several() }
    public static func buildBlock<Content: View>(_ content: Content) -> Content { content }
}

public struct Several: View { public var body: Never { fatalError() } }

@propertyWrapper public struct State<Value> {
    public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }
    public var wrappedValue: Value {
        get { fatalError() }
        nonmutating set {}
    }
    public var projectedValue: Binding<Value> { fatalError() }
}

extension State where Value: ExpressibleByNilLiteral {
    public init() { self.init(wrappedValue: nil) }
}

@propertyWrapper public struct Binding<Value> {
    public init() {}
    public var wrappedValue: Value {
        get { fatalError() }
        nonmutating set {}
    }
}

public enum HorizontalAlignment { case leading, center, trailing }

public struct VStack<Content: View>: View {
    public init(
        alignment: HorizontalAlignment = .center, @ViewBuilder content: () -> Content
    ) {}
    public var body: Never { fatalError() }
}

public struct Text: View {
    public init(_ content: String) {}
    public var body: Never { fatalError() }
}

public struct Button: View {
    public init(_ title: String, action: @escaping @MainActor () -> Void) {}
    public var body: Never { fatalError() }
}

public struct ForEach<Data: RandomAccessCollection, ID: Hashable, Content: View>: View {
    public init(
        _ data: Data, id: KeyPath<Data.Element, ID>,
        @ViewBuilder content: @escaping (Data.Element) -> Content
    ) {}
    public var body: Never { fatalError() }
}

public struct ProgressView<Label: View>: View {
    public init(value: Float?, total: Float = 1, @ViewBuilder label: () -> Label) {}
    public var body: Never { fatalError() }
}

public struct Color: Sendable {
    public static let black = Color()
    public static let white = Color()
    public static let teal = Color()
    public static let indigo = Color()
}

public enum ContentMode { case fit, fill }

public struct GeometryProxy { public var size: CGSize }

public struct DragGesture {
    public struct Value {
        public var location: CGPoint
        public var startLocation: CGPoint
    }
    public init(minimumDistance: CGFloat = 10) {}
    public func onChanged(_ action: @escaping (Value) -> Void) -> DragGesture { self }
    public func onEnded(_ action: @escaping (Value) -> Void) -> DragGesture { self }
}

extension View {
    public func padding() -> some View { self }
    public func tint(_ color: Color?) -> some View { self }
    public func background(_ color: Color) -> some View { self }
    public func aspectRatio(_ ratio: CGFloat? = nil, contentMode: ContentMode) -> some View {
        self
    }
    public func gesture(_ gesture: DragGesture) -> some View { self }
    public func accessibilityLabel(_ label: String) -> some View { self }
    public func task<T: Equatable>(
        id: T, _ action: @escaping @MainActor @Sendable () async -> Void
    ) -> some View { self }
    public func onGeometryChange<T: Equatable & Sendable>(
        for type: T.Type, of transform: @escaping @Sendable (GeometryProxy) -> T,
        action: @escaping (T) -> Void
    ) -> some View { self }
}

public struct GraphicsContext {
    public struct Shading {
        public static func color(_ color: Color) -> Shading { Shading() }
    }
    public func stroke(_ path: Path, with shading: Shading, style: StrokeStyle) {}
}

public struct Canvas: View {
    public init(renderer: @escaping (inout GraphicsContext, CGSize) -> Void) {}
    public var body: Never { fatalError() }
}

public struct StrokeStyle {
    public var lineWidth: CGFloat
    public init(lineWidth: CGFloat = 1, lineCap: CGLineCap, lineJoin: CGLineJoin) {
        fatalError()
    }
}

public enum CGLineCap { case butt, round, square }
public enum CGLineJoin { case miter, round, bevel }

public struct Path {
    public init() {}
    public var isEmpty: Bool { fatalError() }
    public var boundingRect: CGRect { fatalError() }
    public var cgPath: CGPath { fatalError() }
    public mutating func move(to end: CGPoint) {}
    public mutating func addLine(to end: CGPoint) {}
    public func strokedPath(_ style: StrokeStyle) -> Path { self }
}

public final class CGPath {}
public final class CGColorSpace {}
public func CGColorSpaceCreateDeviceGray() -> CGColorSpace { fatalError() }
public enum CGImageAlphaInfo: UInt32 { case none }

public struct CGAffineTransform {
    public init(translationX: CGFloat, y: CGFloat) {}
    public func scaledBy(x: CGFloat, y: CGFloat) -> CGAffineTransform { self }
    public func translatedBy(x: CGFloat, y: CGFloat) -> CGAffineTransform { self }
}

public final class CGContext {
    public init?(
        data: UnsafeMutableRawPointer?, width: Int, height: Int, bitsPerComponent: Int,
        bytesPerRow: Int, space: CGColorSpace, bitmapInfo: UInt32
    ) { fatalError() }
    public func concatenate(_ transform: CGAffineTransform) {}
    public func addPath(_ path: CGPath) {}
    public func setFillColor(gray: CGFloat, alpha: CGFloat) {}
    public func fillPath() {}
}
