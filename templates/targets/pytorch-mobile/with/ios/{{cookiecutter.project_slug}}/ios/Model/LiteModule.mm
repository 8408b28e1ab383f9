// PyTorch's headers go first: they trip over macros of Foundation's.
#include <torch/csrc/jit/mobile/import.h>
#include <torch/csrc/jit/mobile/module.h>
#include <torch/script.h>

#import "LiteModule.h"

static void report(const std::exception &exception, NSError **error) {
    if (!error) return;
    NSDictionary *words = @{NSLocalizedDescriptionKey : @(exception.what())};
    *error = [NSError errorWithDomain:@"LiteModule" code:1 userInfo:words];
}

@implementation LiteModule {
    torch::jit::mobile::Module _module;
}

- (nullable instancetype)initWithPath:(NSString *)path error:(NSError **)error {
    self = [super init];
    try {
        _module = torch::jit::_load_for_mobile(path.UTF8String);
    } catch (const std::exception &exception) {
        report(exception, error);
        return nil;
    }
    return self;
}

- (nullable NSData *)forward:(NSData *)input
                       shape:(NSArray<NSNumber *> *)shape
                       error:(NSError **)error {
    std::vector<int64_t> sizes;
    for (NSNumber *size in shape) sizes.push_back(size.longLongValue);
    try {
        size_t length = c10::multiply_integers(sizes) * sizeof(float);
        TORCH_CHECK(input.length == length, "The input has ", input.length, " bytes");
        c10::InferenceMode guard;
        // The interpreter only reads what it is given.
        auto tensor = torch::from_blob(const_cast<void *>(input.bytes), sizes, at::kFloat);
        auto output = _module.forward({tensor}).toTensor().contiguous();
        return [NSData dataWithBytes:output.data_ptr<float>() length:output.nbytes()];
    } catch (const std::exception &exception) {
        report(exception, error);
        return nil;
    }
}

@end
