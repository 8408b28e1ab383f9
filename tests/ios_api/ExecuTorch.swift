// What the apps use of ExecuTorch's public API, for the compiler alone.

public protocol Scalar {}
extension Float: Scalar {}

public protocol ValueConvertible {}

public protocol ValueSequenceConstructible {}

public final class Tensor<T: Scalar>: ValueConvertible, ValueSequenceConstructible {
    public init(_ scalars: [T], shape: [Int] = []) { fatalError() }
    public func scalars() -> [T] { fatalError() }
}

public class Module {
    public init(filePath: String) {}
    public func load(_ method: String) throws { fatalError() }
    public func forward<Output: ValueSequenceConstructible>(
        _ input: ValueConvertible
    ) throws -> Output { fatalError() }
}
