#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

/// A model in the lite interpreter, for Swift: PyTorch Mobile speaks C++ alone.
@interface LiteModule : NSObject

- (nullable instancetype)initWithPath:(NSString *)path error:(NSError **)error;

/// Returns the float32 values of the output for those of one input.
- (nullable NSData *)forward:(NSData *)input
                       shape:(NSArray<NSNumber *> *)shape
                       error:(NSError **)error;

@end

NS_ASSUME_NONNULL_END
