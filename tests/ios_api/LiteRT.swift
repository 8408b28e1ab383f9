// What the apps use of LiteRT's public API, for the compiler alone.

public final class Environment {
    public init() throws { fatalError() }
}

public enum Accelerator: Int32 { case none, cpu, gpu, npu }

public final class Options {
    public init() throws { fatalError() }
    public func setHardwareAccelerators(_ accelerators: Set<Accelerator>) throws {}
}

public final class TensorBuffer {
    public func write<T>(_ data: [T]) throws { fatalError() }
    public func read<T>() throws -> [T] { fatalError() }
}

public final class CompiledModel {
    public init(
        filePath: String, environment: Environment, options: Options? = nil
    ) throws { fatalError() }
    public func createInputBuffers(signatureIndex: Int = 0) throws -> [TensorBuffer] {
        fatalError()
    }
    public func createOutputBuffers(signatureIndex: Int = 0) throws -> [TensorBuffer] {
        fatalError()
    }
    public func run(
        inputs: [TensorBuffer], outputs: [TensorBuffer], options: Options? = nil,
        signatureIndex: Int = 0
    ) throws { fatalError() }
}
