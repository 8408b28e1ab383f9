// How Swift sees LiteModule.h: the compiler for Linux reads no Objective-C.

import Foundation

public final class LiteModule {
    public init(path: String) throws { fatalError() }
    public func forward(_ input: Data, shape: [NSNumber]) throws -> Data { fatalError() }
}
